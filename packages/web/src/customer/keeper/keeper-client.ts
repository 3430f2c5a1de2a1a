import type { KeeperReply, KeeperRequest, KeeperTask, KeeperTasks } from './keeper-messages.ts'

/** Reports that the keeper could not do its task; the message is a sentence for the customer. */
export class KeeperError extends Error {
  override name = 'KeeperError'
  /** Fault of {@link CustomerCryptoError}; undefined for other causes. */
  readonly fault: string | undefined

  constructor(message: string, fault?: string) {
    super(message)
    this.fault = fault
  }
}

interface Waiting {
  readonly resolve: (answer: unknown) => void
  readonly reject: (cause: KeeperError) => void
  readonly progress: ((done: number) => void) | undefined
}

/** The page's side of the worker that keeps the keys. */
export class KeeperClient {
  readonly #worker = new Worker(new URL('./keeper-worker.ts', import.meta.url), { type: 'module' })
  readonly #waiting = new Map<number, Waiting>()
  #next = 0
  #ended = false

  constructor() {
    this.#worker.addEventListener('message', event => this.#receive(event.data as KeeperReply))
    this.#worker.addEventListener('error', () => this.end('The part of this page that keeps your keys could not be started.'))
  }

  /** @throws KeeperError */
  async ask<Name extends KeeperTask>(
    task: Name,
    given: KeeperTasks[Name]['given'],
    progress?: (done: number) => void
  ): Promise<KeeperTasks[Name]['answer']> {
    if (this.#ended) throw new KeeperError('You are signed out.')
    const id = this.#next++
    const answer = new Promise<unknown>((resolve, reject) => this.#waiting.set(id, { resolve, reject, progress }))
    const request: KeeperRequest = { id, task, given }
    this.#worker.postMessage(request)
    return (await answer) as KeeperTasks[Name]['answer']
  }

  /** Ends the worker, and with it all keys. Tasks under way fail with the reason. */
  end(reason = 'You are signed out.'): void {
    this.#ended = true
    this.#worker.terminate()
    for (const { reject } of this.#waiting.values()) reject(new KeeperError(reason))
    this.#waiting.clear()
  }

  #receive(reply: KeeperReply): void {
    const waiting = this.#waiting.get(reply.id)
    if (!waiting) return
    if ('progress' in reply) {
      waiting.progress?.(reply.progress)
      return
    }
    this.#waiting.delete(reply.id)
    if ('failed' in reply) waiting.reject(new KeeperError(reply.failed, reply.fault))
    else waiting.resolve(reply.answer)
  }
}
