import { SignalboxError } from '../../errors/signalbox-error.ts'
import type { FlowRecord } from '../../store/store.ts'
import type { HttpContext } from '../context.ts'
import { type FlowView, flowView } from '../wire/flow-view.ts'

/** The record of a flow. Throws FLOW_NOT_FOUND. */
export async function findFlow(context: HttpContext, flow: string): Promise<FlowRecord> {
  const records = await context.engine.flows.list()
  const record = records.find((candidate) => candidate.flow === flow)
  if (record !== undefined) return record
  throw new SignalboxError('FLOW_NOT_FOUND', `expected a published flow, found '${flow}'`)
}

/** A flow as the API shows it, with its counts. */
export async function showFlow(context: HttpContext, flow: string): Promise<FlowView> {
  const record = await findFlow(context, flow)
  const counts = await context.engine.flows.counts(flow)
  return flowView(record, counts.get(flow))
}
