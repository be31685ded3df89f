/** What a loop without HTTP and engine reached; sent to the parent by the two ceiling processes. */
export interface CeilingReport {
  readonly kind: 'ceiling'
  readonly sagas: number
  readonly sagasPerSecond: number
  readonly commitsPerSecond: number
}
