/**
 * The Markdown of our own pages as HTML: headings, paragraphs, lists, code and links. Not a Markdown
 * reader for other people's texts; everything it does not know stays text, and all text is escaped.
 */
export function markdownToHtml(markdown: string, title: string): string {
  const blocks = splitBlocks(markdown).map(blockToHtml)
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)} · Signalbox</title>
<meta name="viewport" content="width=device-width"><style>${style}</style></head>
<body><main>
${blocks.join('\n')}
</main></body></html>
`
}

const style = `:root{color-scheme:light dark}body{font:16px/1.6 system-ui,sans-serif;margin:0}
main{max-width:44rem;margin:3rem auto;padding:0 1rem}
code{font-family:ui-monospace,monospace;font-size:.9em}
pre{padding:1rem;overflow:auto;border:1px solid #8884;border-radius:6px}`

function splitBlocks(markdown: string): readonly string[] {
  const blocks: string[] = []
  let lines: string[] = []
  let inFence = false
  const end = (): void => {
    if (lines.length > 0) blocks.push(lines.join('\n'))
    lines = []
  }
  for (const line of markdown.split('\n')) {
    const isFence = line.startsWith('```')
    if (isFence && !inFence) end()
    if (line.trim() === '' && !inFence) end()
    else lines.push(line)
    if (isFence) {
      if (inFence) end()
      inFence = !inFence
    } else if (!inFence && /^#{1,6} /.test(line)) end()
  }
  end()
  return blocks
}

function blockToHtml(block: string): string {
  const fence = /^```[^\n]*\n([\s\S]*?)\n?```$/.exec(block)
  if (fence !== null) return `<pre><code>${escapeHtml(fence[1] ?? '')}</code></pre>`
  const heading = /^(#{1,6}) (.*)$/.exec(block)
  if (heading !== null) {
    const level = (heading[1] ?? '#').length
    return `<h${level}>${inline(heading[2] ?? '')}</h${level}>`
  }
  const marker = /^(?:[-*]|\d+\.) /
  if (marker.test(block)) {
    const tag = /^\d/.test(block) ? 'ol' : 'ul'
    const items = block.split(/\n(?=(?:[-*]|\d+\.) )/)
    const rows = items.map((item) => `<li>${inline(item.replace(marker, ''))}</li>`)
    return `<${tag}>${rows.join('')}</${tag}>`
  }
  return `<p>${inline(block)}</p>`
}

function inline(text: string): string {
  return text
    .split(/(`[^`]+`)/)
    .map((part) =>
      part.startsWith('`') && part.length > 1
        ? `<code>${escapeHtml(part.slice(1, -1))}</code>`
        : escapeHtml(part)
            .replaceAll(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
            .replaceAll(/\[([^\]]+)\]\(((?:https?:\/\/|\.{0,2}\/|#)?[\w./#-]+)\)/g, linkToHtml),
    )
    .join('')
}

/** Pages name each other as files; here they have no ending. */
function linkToHtml(_match: string, text: string, target: string): string {
  return `<a href="${target.replace(/\.md(?=$|#)/, '')}">${text}</a>`
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
