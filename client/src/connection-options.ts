/** Where Signalbox is and who we are; the same for workers and clients. */
export interface ConnectionOptions {
  /**
   * Default: the variable `SIGNALBOX_URL`, else `http://127.0.0.1:7700`. Several, in a list or with
   * commas, are replicas: one of them is asked, and the next when it does not answer.
   */
  readonly url?: string | readonly string[]
  /** Default: the variable `SIGNALBOX_TOKEN`. A function is asked before each request. */
  readonly token?: string | (() => string | Promise<string>)
}
