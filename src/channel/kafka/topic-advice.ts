/** A sentence on topics that are not there, with the command that creates them. */
export function missingTopics(topics: readonly string[], brokers: readonly string[]): string {
  const commands = topics.map(
    (topic) =>
      `kafka-topics.sh --bootstrap-server ${brokers.join(',')} --create --topic ${topic} --partitions 6 --replication-factor 3`,
  )
  const named = topics.map((topic) => `'${topic}'`).join(', ')
  return `expected ${topics.length === 1 ? 'topic' : 'topics'} ${named}, found none of that name; create with: ${commands.join(' && ')}`
}
