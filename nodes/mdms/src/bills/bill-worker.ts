// A thread that checks bills, started by verifyBills and by nothing else: each message is a bill, each answer its verdict.
import { parentPort, workerData } from 'node:worker_threads'
import { billCheckers } from '@hushgrid/billing'
import { type BillAnswer, type BillJob, type BillOrder, faultOf, STOP } from './verify-bills.ts'

const { terms, stopping } = workerData as BillOrder
const checkers = billCheckers(terms)

parentPort?.on('message', (job: BillJob | typeof STOP) => {
  if (job === STOP) parentPort?.close()
  else if (Atomics.load(stopping, 0) === 0) parentPort?.postMessage(answer(job))
})

function answer({ number, tariff, ...bill }: BillJob): BillAnswer {
  const checker = checkers.get(tariff)
  if (!checker)
    return { number, fault: 'tariff', message: `bill, tariff: expected one of ${[...checkers.keys()].join(', ')}, got ${tariff}` }
  try {
    // The bytes are where they came from.
    const { bill: _bytes, ...checked } = checker.check(bill)
    return { number, checked }
  } catch (cause) {
    return { number, ...faultOf(cause) }
  }
}
