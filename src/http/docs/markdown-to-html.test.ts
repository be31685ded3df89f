import { expect, test } from 'vitest'
import { markdownToHtml } from './markdown-to-html.ts'

test('shows headings, paragraphs, lists, code and links', () => {
  const html = markdownToHtml(
    '# A `code`\n\nText\nof **two** lines.\n\n- one\n- [two](OTHER.md)\n\n1. first\n2. second\n\n```sh\na < b\n\nc\n```\n',
    'Title',
  )
  expect(html).toContain('<h1>A <code>code</code></h1>')
  expect(html).toContain('<p>Text\nof <strong>two</strong> lines.</p>')
  expect(html).toContain('<ul><li>one</li><li><a href="OTHER">two</a></li></ul>')
  expect(html).toContain('<ol><li>first</li><li>second</li></ol>')
  expect(html).toContain('<pre><code>a &lt; b\n\nc</code></pre>')
})

test('lets nothing through as HTML', () => {
  const html = markdownToHtml('<script>alert(1)</script> [x](javascript:alert(1))', '<b>')
  expect(html).not.toContain('<script>')
  expect(html).not.toContain('href="javascript')
  expect(html).toContain('<title>&lt;b&gt; ·')
})
