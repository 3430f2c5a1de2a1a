// A thread that makes some of the demonstration's households, one after the other.
import { parentPort, workerData } from 'node:worker_threads'
import { type HouseholdOrder, makeHousehold } from './household.ts'

for (const order of workerData as readonly HouseholdOrder[]) parentPort?.postMessage(await makeHousehold(order))
