import { limits } from '../../kernel/limits.ts'
import type { FlowSource } from '../compilation.ts'
import { readJson } from './read-json.ts'
import { readYaml } from './read-yaml.ts'
import type { SourceReading } from './source-node.ts'

/** Reads a flow's text, whatever it is: this never throws. */
export function readSource(source: FlowSource): SourceReading & { format: 'yaml' | 'json' } {
  const format = source.format ?? guessFormat(source)
  const sizeBytes = utf8Bytes(source.text)
  if (sizeBytes > limits.flowTextBytes) {
    const message = `Expected at most ${limits.flowTextBytes} bytes of text, found ${sizeBytes}.`
    const problem = { code: 'LIMIT_EXCEEDED', message, span: { start: 0, end: 0 } } as const
    return { format, problems: [problem] }
  }
  try {
    return { format, ...(format === 'json' ? readJson(source.text) : readYaml(source.text)) }
  } catch (error) {
    // The YAML parser recurses: nesting beyond all measure ends in a RangeError of the stack.
    const tooDeep = error instanceof RangeError
    const message = tooDeep
      ? `Expected at most ${limits.jsonDepth} levels of nesting, found far more.`
      : `Expected ${format.toUpperCase()}, found a text that cannot be read: ${String(error)}.`
    const code = tooDeep
      ? 'LIMIT_EXCEEDED'
      : format === 'json'
        ? ('JSON_SYNTAX' as const)
        : ('YAML_SYNTAX' as const)
    return { format, problems: [{ code, message, span: { start: 0, end: 0 } }] }
  }
}

function guessFormat(source: FlowSource): 'yaml' | 'json' {
  if (source.file !== undefined) {
    if (/\.json$/i.test(source.file)) return 'json'
    if (/\.ya?ml$/i.test(source.file)) return 'yaml'
  }
  // A YAML file may begin with a flow mapping, but then not with a key in double quotes.
  return /^\uFEFF?\s*(\{\s*["}]|\[)/.test(source.text) ? 'json' : 'yaml'
}

/** The size of a text in UTF-8, without an encoder: `src/flow` has neither Node nor DOM types. */
function utf8Bytes(text: string): number {
  let bytes = 0
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    // Each half of a surrogate pair counts for two of its four bytes.
    bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 2 : 3
  }
  return bytes
}
