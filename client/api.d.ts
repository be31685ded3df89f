// worker/worker.d.ts
/** Carries out the commands of one channel. */
export interface Worker {
    readonly name: string;
    /** Says who carries out a command. Before `start`, once per command. */
    handle<Data = JsonObject>(command: string, handler: Handler<Data>): Worker;
    /** Begins to take commands; the server need not be there yet. */
    start(): void;
    /**
     * Takes no more commands, lets handlers that run come to their end, sends their results. What is
     * not done after `graceMs` (default 10 s) is given up: its signal is aborted, and the server gives
     * the command to the next worker when its lease ends.
     */
    stop(options?: StopOptions): Promise<StopReport>;
}
export interface StopOptions {
    readonly graceMs?: number;
}
/**
 * Makes a worker: a connection to one channel, with a handler for each command that this service
 * carries out.
 *
 * ```ts
 * const worker = createWorker({ channel: 'shop' })
 *   .handle('CheckInventory', async (command) => event('InventoryCheckOK', { shelf: 'A7' }))
 * worker.start()
 * ```
 */
export declare function createWorker(options: WorkerOptions): Worker;

// worker/stop-report.d.ts
/** What was left when a worker had stopped; both are 0 after a clean stop. */
export interface StopReport {
    /** Handlers that were still running. */
    readonly abandonedCommands: number;
    /** Results that the server has not answered for. */
    readonly unsentResults: number;
}

// worker/worker-options.d.ts
export interface WorkerOptions extends ConnectionOptions {
    /** The channel whose commands this worker carries out. */
    readonly channel: string;
    /** Names this process wherever people look. Default: the channel and some random letters. */
    readonly name?: string;
    /** How many handlers run at once. Default 100. */
    readonly maxInFlight?: number;
    /**
     * After this time without a sign of life the server gives a command to another worker. Running
     * handlers prolong it by themselves, however long they take. Default 30 s.
     */
    readonly leaseMs?: number;
    /** How long one request for commands waits on the server. Default 25 s, at most 55 s. */
    readonly waitMs?: number;
    /** Default: warnings and errors on the console. */
    readonly log?: Log;
}

// worker/command.d.ts
/** A command that Signalbox asks this service to carry out. */
export interface Command<Data = JsonObject> {
    /** The same whenever the command is repeated: what to remember in order to do it once. */
    readonly id: string;
    /** Its name: `CheckInventory`. */
    readonly command: string;
    /** The id of the execution that sent it. */
    readonly execution: string;
    /** The business key of that execution. */
    readonly key?: string;
    readonly flow: string;
    readonly data: Data;
    /** From 1; counts how often it was tried. */
    readonly attempt: number;
    /** The W3C trace context, for services that trace. */
    readonly traceparent?: string;
}
/** What a handler gets beside the command. */
export interface HandlerContext {
    /**
     * Aborted when the result can no longer matter to this worker: its lease was lost, or the worker
     * is stopping and its grace is over.
     */
    readonly signal: AbortSignal;
}
/** The event that a handler answers with. */
export interface HandlerEvent {
    readonly event: string;
    readonly data?: JsonInput;
}
/** An event, or nothing: then the command is just done. */
export type HandlerResult = HandlerEvent | undefined | void;
/**
 * Carries out one command. What it throws makes the attempt fail, and it is tried again as the
 * flow's retry policy says; see `TerminalError` and `RetryLater`.
 */
export type Handler<Data = JsonObject> = (command: Command<Data>, context: HandlerContext) => HandlerResult | Promise<HandlerResult>;
/** The answer of a handler: `return event('InventoryCheckOK', { reservation })`. */
export declare function event(name: string, data?: JsonInput): HandlerEvent;

// worker/failures.d.ts
/** Thrown by a handler: the command failed for good and must not be tried again. */
export declare class TerminalError extends Error {
    readonly name = "TerminalError";
    /** Shown with the failure, and what flows can distinguish failures by. */
    readonly code: string;
    constructor(message: string, options?: {
        readonly code?: string;
        readonly cause?: unknown;
    });
}
/** Thrown by a handler: not now; try again, but no sooner than after this time. */
export declare class RetryLater extends Error {
    readonly name = "RetryLater";
    readonly retryAfterMs: number;
    constructor(retryAfterMs: number, message?: string);
}

// api/client.d.ts
export interface ClientOptions extends ConnectionOptions {
    /** Who acts; recorded while the server asks for no tokens. With tokens, the token says it. */
    readonly actor?: string;
    /**
     * How often a request that can be repeated without harm is repeated when the server is away or
     * busy. Default 4, with waits that grow from a tenth of a second.
     */
    readonly repeats?: number;
}
export interface WaitOptions {
    /** Throws WAIT_TIMEOUT after this time. Default: waits for ever. */
    readonly timeoutMs?: number;
    readonly signal?: AbortSignal;
}
/** The API of Signalbox for programs. Every failure is a `SignalboxClientError`. */
export interface Client {
    /** The server that is asked now; of several, another one after it has failed. */
    readonly url: string;
    start<State = JsonObject>(request: StartRequest): Promise<Execution<State>>;
    get<State = JsonObject>(id: string): Promise<Execution<State>>;
    /** Waits until the execution has ended. */
    waitForEnd<State = JsonObject>(id: string, options?: WaitOptions): Promise<Execution<State>>;
    sendEvent(target: EventTarget, message: EventMessage): Promise<EventAnswer>;
    list(query?: ExecutionQuery): Promise<Page<ExecutionSummary>>;
    /** All executions that fit, page after page. */
    listAll(query?: ExecutionQuery): AsyncGenerator<ExecutionSummary, void>;
    /** The whole journal of an execution, in order. */
    journal(id: string): Promise<readonly Fact[]>;
    retry(id: string, act: RetryAct): Promise<Execution>;
    skip(id: string, act: Act): Promise<Execution>;
    rollBack(id: string, act: RollBackAct): Promise<Execution>;
    cancel(id: string, act: Act): Promise<Execution>;
    pause(id: string, act: Act): Promise<Execution>;
    resume(id: string, act: Act): Promise<Execution>;
    move(id: string, act: MoveAct): Promise<Execution>;
    /** Publishes the text of a flow, YAML or JSON. Throws FLOW_INVALID with `problem.diagnostics`. */
    publish(text: string): Promise<PublishedFlow>;
    flow(flow: string): Promise<FlowSummary>;
}
/** Makes a client of the server at `url`. It holds no connection open; there is nothing to close. */
export declare function createClient(options?: ClientOptions): Client;

// api/execution.d.ts
export type Status = 'running' | 'waiting' | 'compensating' | 'incident' | 'paused' | 'completed' | 'failed' | 'rolled-back' | 'cancelled';
/** The statuses of an execution that has ended. */
export declare const finalStatuses: readonly Status[];
/** Tells whether an execution has ended. */
export declare function hasEnded(execution: {
    readonly status: Status;
}): boolean;
/** An execution in lists: everything but its data. Times are ISO 8601, UTC. */
export interface ExecutionSummary {
    readonly id: string;
    readonly flow: string;
    readonly version: number;
    readonly kind: 'saga' | 'process';
    readonly key?: string;
    readonly status: Status;
    /** The node it is in: a saga's state, a process's step. */
    readonly node: string;
    readonly stage?: string;
    readonly outcome?: {
        readonly code?: string;
        readonly message?: string;
    };
    readonly startedAt: string;
    readonly updatedAt: string;
    readonly finishedAt?: string;
    readonly incident?: Incident;
    /** How many facts its journal has. */
    readonly revision: number;
}
export interface Execution<State = JsonObject> extends ExecutionSummary {
    readonly state: State;
    readonly output?: Json;
    readonly waitingFor: readonly WaitingFor[];
    readonly compensations: readonly Compensation[];
    /** The execution that started this one. */
    readonly parent?: string;
    readonly children: readonly string[];
}
/** What would let an execution go on; `text` is for people. */
export type WaitingFor = {
    readonly text: string;
} & ({
    readonly kind: 'event';
    readonly event: string;
} | {
    readonly kind: 'timer';
    readonly at: string;
    readonly purpose: 'after' | 'compensation';
} | {
    readonly kind: 'command';
    readonly commandId: string;
    readonly command: string;
    readonly channel: string;
    readonly attempt: number;
} | {
    readonly kind: 'operator';
    readonly why: 'incident' | 'paused';
    readonly detail: string;
});
export interface Compensation {
    readonly id: string;
    readonly node: string;
    /** `unknown`: the node was left without an answer. */
    readonly outcome: 'done' | 'unknown';
    readonly data?: Json;
    readonly status: 'remembered' | 'running' | 'undone' | 'skipped';
    readonly attempt?: number;
}
/** Something that needs a person. */
export interface Incident {
    readonly code: string;
    readonly message: string;
    readonly at: string;
    readonly node: string;
}
/**
 * A fact of a journal. Which further properties it has depends on its `kind`; the reference of facts
 * in the documentation names them all.
 */
export interface Fact {
    /** Its place in the journal, from 1. */
    readonly sequence: number;
    readonly kind: string;
    readonly at: string;
    readonly [property: string]: unknown;
}

// api/execution-id.d.ts
/** A new id (UUIDv7): it begins with the time, so that rows made together lie together. */
export declare function newExecutionId(nowMs?: number): string;

// api/requests.d.ts
export interface StartRequest {
    readonly flow: string;
    /** Default: the newest published one. */
    readonly version?: number;
    /**
     * The id of the execution. The same id again gives the first execution, not a second one. Default:
     * a new time-ordered one, so that a repeat after a broken connection starts nothing twice.
     */
    readonly id?: string;
    /** The business key, where the flow does not make it from the input. */
    readonly key?: string;
    readonly input?: JsonInput;
    /** Answer when the execution has ended, or after this time (at most 55 s). */
    readonly waitMs?: number;
    /** The W3C trace context of who starts it: the execution's trace refers to it. */
    readonly traceparent?: string;
}
export interface EventMessage {
    readonly event: string;
    readonly data?: JsonInput;
    /** The same id again has no second effect. Default: a new one per call. */
    readonly id?: string;
}
/** An execution by its id, or by its flow and business key. */
export type EventTarget = string | {
    readonly flow: string;
    readonly key: string;
};
/** What an event led to, and where the execution is now. */
export type EventAnswer = {
    readonly execution: string;
    readonly node: string;
    readonly status: Status;
} & ({
    readonly applied: true;
} | {
    readonly applied: false;
    readonly reason: string;
});
export interface ExecutionQuery {
    readonly flow?: string;
    readonly version?: number;
    readonly status?: Status | readonly Status[];
    readonly node?: string;
    readonly stage?: string;
    readonly key?: string;
    /** Id, key, or what the flow's `search` names. */
    readonly q?: string;
    /** ISO 8601. */
    readonly startedAfter?: string;
    readonly startedBefore?: string;
    readonly updatedAfter?: string;
    readonly updatedBefore?: string;
    readonly incident?: boolean;
    readonly sort?: 'startedAt' | '-startedAt' | 'updatedAt' | '-updatedAt';
    readonly limit?: number;
    /** `nextCursor` of the page before. */
    readonly cursor?: string;
}
export interface Page<Item> {
    readonly items: readonly Item[];
    readonly nextCursor?: string;
}
/** Every act of an operator says why; it becomes a fact. */
export interface Act {
    readonly reason: string;
}
export interface RetryAct extends Act {
    /** Replaces the data of the compensation that is retried. */
    readonly data?: JsonInput;
}
export interface RollBackAct extends Act {
    /** The node to end in; default: what the flow says. */
    readonly target?: string;
}
export interface MoveAct extends Act {
    readonly node: string;
}
export interface PublishedFlow {
    readonly flow: string;
    readonly kind: 'saga' | 'process';
    readonly version: number;
    readonly hash: string;
    readonly diagnostics: readonly Diagnostic[];
}
/** A finding in a flow's text. */
export interface Diagnostic {
    readonly code: string;
    readonly severity: 'error' | 'warning' | 'hint';
    readonly message: string;
    readonly range: {
        readonly line: number;
        readonly column: number;
        readonly endLine: number;
        readonly endColumn: number;
    };
}
/** A flow and how its executions are. */
export interface FlowSummary {
    readonly flow: string;
    readonly kind: 'saga' | 'process';
    readonly title?: string;
    readonly status: 'active' | 'paused' | 'retired';
    readonly version: number;
    readonly hash: string;
    /** How many executions have each status. */
    readonly executions: Readonly<Partial<Record<Status, number>>>;
    readonly incidents: number;
}

// connection-options.d.ts
/** Where Signalbox is and who we are; the same for workers and clients. */
export interface ConnectionOptions {
    /**
     * Default: the variable `SIGNALBOX_URL`, else `http://127.0.0.1:7700`. Several, in a list or with
     * commas, are replicas: one of them is asked, and the next when it does not answer.
     */
    readonly url?: string | readonly string[];
    /** Default: the variable `SIGNALBOX_TOKEN`. A function is asked before each request. */
    readonly token?: string | (() => string | Promise<string>);
}

// json.d.ts
/** A value that survives JSON. */
export type Json = null | boolean | number | string | readonly Json[] | {
    readonly [key: string]: Json | undefined;
};
/** A JSON object: the shape of an execution's `input` and `state`. */
export type JsonObject = {
    readonly [key: string]: Json | undefined;
};
/**
 * What the library turns into JSON for you. Wider than `Json`, so that values of your own interfaces
 * fit; what JSON cannot hold (functions, cycles, bigints) is refused when it is sent.
 */
export type JsonInput = object | string | number | boolean | null;

// log.d.ts
/** Where the library says what it does: the shape of pino's loggers. */
export interface Log {
    debug(fields: object, message: string): void;
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
    error(fields: object, message: string): void;
}

// signalbox-client-error.d.ts
/** The codes of what can go wrong on this side of the connection. */
export type LocalErrorCode = 
/** No answer: the connection was refused or broke, or the request took too long. */
'SERVER_UNREACHABLE'
/** An answer that Signalbox does not give; often a proxy in between. */
 | 'RESPONSE_INVALID'
/** `waitForEnd` ran out of time. */
 | 'WAIT_TIMEOUT'
/** The caller's signal was aborted. */
 | 'ABORTED';
/** Known codes, and room for those of a newer server. */
export type ErrorCode = ServerErrorCode | LocalErrorCode | (string & {});
export interface SignalboxClientErrorOptions {
    readonly status?: number;
    readonly retry?: boolean;
    readonly retryAfterMs?: number;
    readonly problem?: Readonly<Record<string, unknown>>;
    readonly cause?: unknown;
}
/** What every failing call of the library throws. */
export declare class SignalboxClientError extends Error {
    readonly name = "SignalboxClientError";
    readonly code: ErrorCode;
    /** A sentence: what was expected, then what was found. */
    readonly detail: string;
    /** The HTTP status; 0 where there was no answer. */
    readonly status: number;
    /** Whether the same call can succeed later. */
    readonly retry: boolean;
    readonly retryAfterMs: number | undefined;
    /** The whole `application/problem+json`, with what else it says (`errors`, `diagnostics` …). */
    readonly problem: Readonly<Record<string, unknown>>;
    constructor(code: ErrorCode, detail: string, options?: SignalboxClientErrorOptions);
}

// server-error-codes.d.ts
/** The codes of Signalbox's errors; each has a page in its documentation. */
export declare const serverErrorCodes: readonly ['REQUEST_INVALID', 'JSON_INVALID', 'JSON_TOO_DEEP', 'BODY_TOO_LARGE', 'MEDIA_TYPE_UNSUPPORTED', 'CURSOR_INVALID', 'ROUTE_NOT_FOUND', 'METHOD_NOT_ALLOWED', 'HTTP_MALFORMED', 'HEADERS_TOO_LARGE', 'REQUEST_TIMEOUT', 'NAME_INVALID', 'UNAUTHENTICATED', 'FORBIDDEN', 'ORIGIN_REFUSED', 'HOST_REFUSED', 'FLOW_INVALID', 'FLOW_NOT_FOUND', 'FLOW_VERSION_NOT_FOUND', 'FLOW_PAUSED', 'FLOW_RETIRED', 'EXECUTION_NOT_FOUND', 'EXECUTION_EXISTS', 'EXECUTION_FINISHED', 'EXECUTION_QUARANTINED', 'KEY_TAKEN', 'KEY_INVALID', 'INPUT_INVALID', 'EVENT_UNEXPECTED', 'EVENT_INVALID', 'EVENTS_KEPT_LIMIT', 'NOT_PAUSED', 'ALREADY_PAUSED', 'ROLLBACK_RUNNING', 'NOTHING_TO_RETRY', 'NOTHING_TO_SKIP', 'NOTHING_TO_ROLL_BACK', 'BULK_SET_NOT_FOUND', 'NODE_UNKNOWN', 'STATE_TOO_LARGE', 'JOURNAL_FULL', 'CHANNEL_NOT_FOUND', 'CHANNEL_NOT_A_QUEUE', 'EVENT_UNREADABLE', 'DEAD_LETTER_NOT_FOUND', 'DEAD_LETTER_UNREADABLE', 'BUSY', 'STOPPING', 'STORE_UNAVAILABLE', 'STORE_IN_USE', 'STORE_TOO_NEW', 'INTERNAL', 'CONFIG_INVALID', 'CONFIG_NOT_FOUND', 'BIND_WITHOUT_AUTH', 'PORT_IN_USE', 'SERVER_UNREACHABLE', 'BACKUP_FAILED', 'FILE_UNREADABLE'];
export type ServerErrorCode = (typeof serverErrorCodes)[number];

// kafka/kafka-worker.d.ts
/** Carries out commands of one topic. */
export interface KafkaWorker {
    readonly name: string;
    /** Says who carries out a command. Before `start`, once per command. Others are passed over. */
    handle<Data = JsonObject>(command: string, handler: KafkaHandler<Data>): KafkaWorker;
    /** Begins to take commands; the brokers need not be there yet. */
    start(): void;
    /**
     * Takes no more commands, lets handlers that run come to their end, sends their answers, commits,
     * and leaves the group. What is not done after `graceMs` (default 10 s) is given up: its signal is
     * aborted, and the command goes to the next member of the group.
     */
    stop(options?: {
        readonly graceMs?: number;
    }): Promise<StopReport>;
}
/**
 * Makes a worker over Kafka: the same handlers as `createWorker` has, with commands from a topic
 * and answers to another.
 *
 * ```ts
 * const worker = createKafkaWorker({ commands: 'commands', events: 'events', group: 'inventory' })
 *   .handle('CheckInventory', async (command) => event('InventoryCheckOK', { shelf: 'A7' }))
 * worker.start()
 * ```
 */
export declare function createKafkaWorker(options: KafkaWorkerOptions): KafkaWorker;

// kafka/kafka-worker-options.d.ts
export interface KafkaWorkerOptions {
    /** `host:port` of some brokers, in a list or with commas. Default: `SIGNALBOX_KAFKA_BROKERS`. */
    readonly brokers?: string | readonly string[];
    /** The topic that commands come from. It has to exist. */
    readonly commands: string;
    /** The topic that answers go to. It has to exist. */
    readonly events: string;
    /** The consumer group: the workers of one service share one, each service has its own. */
    readonly group: string;
    /** Names this process wherever people look. Default: the group and some random letters. */
    readonly name?: string;
    /** How many handlers run at once. Default 100. */
    readonly maxInFlight?: number;
    /**
     * How many commands of a partition may be under way or done past one that is not done yet. Then the
     * partition waits. It is also how many come again after a crash, at most. Default 1000.
     */
    readonly aheadMax?: number;
    /** Where a group begins that has never committed. Default `earliest`: no command is missed. */
    readonly startAt?: 'earliest' | 'latest';
    /** How failed attempts are repeated. */
    readonly retry?: KafkaRetry;
    /**
     * What to answer when a command has failed for good. Without it nothing is answered: the failure is
     * logged, and the execution goes on by what its flow says of silence (`after`).
     */
    readonly onFailure?: FailureAnswer;
    /**
     * After this time without a sign of life the broker gives the partitions of this process to others.
     * Handlers may take longer. Default 30 s.
     */
    readonly sessionTimeoutMs?: number;
    /** TLS; `true`: with the authorities that the system trusts. Texts are in PEM. */
    readonly tls?: boolean | KafkaTls;
    readonly sasl?: KafkaSasl;
    /** Default: warnings and errors on the console. */
    readonly log?: Log;
}
/** Waits double from `intervalMs` to `longestMs`, with some randomness. */
export interface KafkaRetry {
    /** Attempts of one command in one process, the first included. Default 10. */
    readonly attempts?: number;
    /** Default 200. */
    readonly intervalMs?: number;
    /** Default 30 s. */
    readonly longestMs?: number;
}
export type FailureAnswer = (command: KafkaCommand, failure: CommandFailure) => HandlerResult | Promise<HandlerResult>;
/** Why a command is not attempted any more. */
export interface CommandFailure {
    /** What the last attempt threw. */
    readonly error: unknown;
    /** `code` of a `TerminalError` or of what was thrown, else `HANDLER_FAILED`. */
    readonly code: string;
    readonly message: string;
}
export interface KafkaTls {
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
    readonly passphrase?: string;
}
export interface KafkaSasl {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
}

// kafka/kafka-command.d.ts
/**
 * A command as it comes over Kafka: what a `Command` of the queue has, without the flow and the
 * business key, which are not on the wire. A handler written for it works with both workers.
 */
export interface KafkaCommand<Data = JsonObject> {
    /**
     * The same whenever the command is repeated: what to remember in order to do it once. Of a record
     * without `message-id`: its topic, partition and offset.
     */
    readonly id: string;
    /** Its name: `CheckInventory`. */
    readonly command: string;
    /** The id of the execution that sent it: the key of the record. */
    readonly execution: string;
    readonly data: Data;
    /** From 1; counts the attempts of this process. After a crash, another process begins with 1. */
    readonly attempt: number;
    /** The W3C trace context, for services that trace. */
    readonly traceparent?: string;
}
/** Carries out one command. What it throws makes the attempt fail; see `TerminalError`. */
export type KafkaHandler<Data = JsonObject> = (command: KafkaCommand<Data>, context: HandlerContext) => HandlerResult | Promise<HandlerResult>;
