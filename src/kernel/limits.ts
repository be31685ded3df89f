/**
 * Every limit of Signalbox, in one place: nothing is unbounded. Names carry units; the comment gives
 * the reason for the figure. The kernel holds them because everything may import the kernel.
 */
export const limits = {
  /** A flow file is written by people; a megabyte of it is a mistake or an attack. */
  flowTextBytes: 1_000_000,
  /** `signalbox.yaml` is written by people too. */
  configurationBytes: 1_000_000,
  /** A secret is a line or a key; a file with more is the wrong file. */
  secretBytes: 65_536,
  /** The console stays fluid with 500 nodes, the checker's searches stay under a second. */
  flowNodes: 1_000,
  /** What one state may send besides: each goes out with each entering, often with the whole state. */
  alsoCommands: 50,
  /** As Process Manager: an execution that enters more nodes is looping. */
  nodesPerExecution: 999,
  /** What a flow may raise `limits.nodes` to. */
  nodesPerExecutionMax: 9_999,
  /** Long enough for any sensible identifier, short enough for an index page. */
  nameCharacters: 200,
  /** Business keys, execution ids and message ids come from outside. */
  idCharacters: 200,
  /** An operator's reason is a sentence or two. */
  reasonCharacters: 2_000,
  /** One event's or one start's data. Larger things belong in a document store. */
  payloadBytes: 1_000_000,
  /** The execution's whole state: it travels with every command. */
  stateBytes: 4_000_000,
  /** JSON deeper than this only serves to exhaust a recursive reader's stack. */
  jsonDepth: 64,
  /** Events that wait for a node that expects them, per execution. */
  keptEvents: 100,
  /** Ignored and rejected messages recorded per execution; further ones are only counted. */
  notesPerExecution: 1_000,
  /** Facts of one execution; an execution with more is a stream, not a business process. */
  factsPerExecution: 100_000,
  /** Timers further away than this are almost surely a wrong unit. */
  timerMs: 10 * 366 * 24 * 3_600_000,
  /** Attempts of one command. */
  retryAttempts: 1_000,
  /** Messages waiting in the engine before senders are told to come back later. */
  inboundMessages: 10_000,
  /** Messages decided and committed together; bounds the time one turn blocks others. */
  batchMessages: 512,
  /** Channels open at once: leasing from a name opens it, and names come from outside. */
  channels: 1_000,
  /** Commands a queue channel holds in memory; the rest stays in the store until there is room. */
  queueWindowCommands: 10_000,
  /** Commands one lease request may take. */
  leaseCommands: 500,
  /** Results one request may carry. */
  resultsPerRequest: 500,
  /** One request's results in all: hundreds of usual ones, or several of the largest. */
  resultsBytes: 8_000_000,
  /** Longest long poll, below the idle timeouts of common proxies. */
  waitMs: 55_000,
  /** Longest time a worker may hold a command without extending its lease. */
  leaseMs: 3_600_000,
  /** HTTP deliveries under way at once, per channel. */
  httpInFlight: 256,
  /** Commands a Kafka channel holds in memory; the rest stays in the store until there is room. */
  kafkaWindowCommands: 5_000,
  /** Commands in one request to a broker. */
  kafkaBatchCommands: 500,
  /** Messages of one partition that are not settled: what is read again after a crash. */
  kafkaPartitionMessages: 1_000,
  /** Messages of all partitions of a channel that are not settled. */
  kafkaMessages: 5_000,
  /** Page size of lists. */
  pageItems: 500,
  /** Live streams open at once. */
  liveStreams: 1_000,
  /** What one span tells of an execution or a command: as many events as OpenTelemetry's own limit. */
  traceEvents: 128,
  /** Changes that wait to become spans; some seconds of a busy server, then they are left out. */
  traceChanges: 10_000,
  /** Spans that wait to be sent, about a kilobyte each, while the receiver is slow or away. */
  traceSpans: 10_000,
  /** Spans in one request to the receiver, below the usual limits of its body. */
  traceBatchSpans: 512,
  /** Unfinished executions whose traces are kept in memory; others are read from their journals. */
  traceExecutions: 10_000,
  /** Dead letters of one request: each may be as large as a message, and they are read whole. */
  deadLettersPerRequest: 50,
  /** Executions kept in memory, so that the hot ones need no read. */
  cachedExecutions: 20_000,
} as const
