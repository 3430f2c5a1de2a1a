// A thread that makes obfuscators, started by ObfuscatorWorkers and by nothing else: each message asks for so many.
import { parentPort, workerData } from 'node:worker_threads'
import { PublicKey } from '@hushgrid/paillier'
import { systemRng } from '@hushgrid/primitives'
import type { ObfuscatorOrder } from './obfuscator-workers.ts'

const { n, hs, insecure } = workerData as ObfuscatorOrder
const key = new PublicKey(n, { insecure, ...(hs === undefined ? {} : { hs }) })
// The thread lives on these, so the table is worth its while from the first.
key.prepare()

parentPort?.on('message', (count: number) => {
  parentPort?.postMessage(Array.from({ length: count }, () => key.obfuscator(systemRng)))
})
