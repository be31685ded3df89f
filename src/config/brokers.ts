/**
 * The brokers of a text such as `kafka-1:9092,kafka-2:9092`. A scheme in front of one
 * (`PLAINTEXT://…`, as the broker's own configuration has it) is left out. Undefined: it is none.
 */
export function parseBrokers(text: string): readonly string[] | undefined {
  const brokers = text
    .split(',')
    .map((entry) => entry.trim().replace(/^[A-Za-z][A-Za-z0-9_+.-]*:\/\//, ''))
    .filter((entry) => entry !== '')
  return brokers.length > 0 && brokers.every(isBroker) ? [...new Set(brokers)] : undefined
}

/** `host:port`; the address of IPv6 stands in brackets. */
function isBroker(text: string): boolean {
  const port = /^(?:\[[0-9a-fA-F:.]+\]|[^\s:/@[\]]+):(\d{1,5})$/.exec(text)?.[1]
  return port !== undefined && Number(port) > 0 && Number(port) <= 65_535
}
