import { parentPort, workerData } from 'node:worker_threads'
import { checkFlow } from '../../flow/index.ts'
import type { ExploreRequest } from './explore-in-thread.ts'

/** The program of an exploring thread: checks one text, answers, and ends. */
const { source, context } = workerData as ExploreRequest
const { diagnostics, graph } = checkFlow(source, context, { explore: true })
parentPort?.postMessage({ diagnostics, ...(graph === undefined ? {} : { graph }) })
