import { CustomerCryptoError } from '../crypto/index.ts'
import { Keeper } from './keeper.ts'
import type { KeeperReply, KeeperRequest } from './keeper-messages.ts'

const keeper = new Keeper()
const reply = (message: KeeperReply): void => globalThis.postMessage(message)

async function perform({ id, task, given }: KeeperRequest): Promise<void> {
  try {
    const perform = keeper.tasks[task] as (given: unknown, progress: (done: number) => void) => unknown
    const answer = await perform(given, progress => reply({ id, progress }))
    reply({ id, answer })
  } catch (cause) {
    if (cause instanceof CustomerCryptoError) reply({ id, failed: cause.message, fault: cause.fault })
    else reply({ id, failed: `This browser could not do it (${cause instanceof Error ? cause.name : typeof cause}).` })
  }
}

globalThis.addEventListener('message', event => {
  void perform(event.data as KeeperRequest)
})
