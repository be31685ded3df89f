import { fileURLToPath } from 'node:url'

/** The order saga as a user would write it; published by the server and by the filler alike. */
export const flowFile = fileURLToPath(new URL('order.flow.yaml', import.meta.url))
