// Thread that makes obfuscators, started by ObfuscatorWorkers only; each message asks for a number of them.
import { parentPort, workerData } from 'node:worker_threads'
import { PublicKey } from '@hushgrid/paillier'
import { systemRng } from '@hushgrid/primitives'
import type { ObfuscatorOrder } from './obfuscator-workers.ts'

const { n, hs, insecure } = workerData as ObfuscatorOrder
const key = new PublicKey(n, { insecure, ...(hs === undefined ? {} : { hs }) })
// A thread does nothing else, so the table pays off from the first obfuscator.
key.prepare()

parentPort?.on('message', (count: number) => {
  parentPort?.postMessage(Array.from({ length: count }, () => key.obfuscator(systemRng)))
})
