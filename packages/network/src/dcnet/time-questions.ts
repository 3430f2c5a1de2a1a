import type { NetworkNode } from '../libp2p/node.ts'

interface TimeQuestionsInit {
  readonly node: NetworkNode
  /** Multiaddr of the registrar, with its peer id. */
  readonly registrar: string
  /** Signal that ends all of it. */
  readonly signal: AbortSignal
  /** Takes an answer, within which the next question may be put. */
  readonly answered: (bytes: Uint8Array) => void
  readonly failed: (cause: unknown) => void
}

/**
 * Carries a node's questions about the time to the registrar. Those that follow one another go over one stream, whose
 * opening then counts in the first round trip alone.
 */
export class TimeQuestions {
  readonly #init: TimeQuestionsInit
  #next: Uint8Array | undefined
  #answering = false
  #underWay = new AbortController()

  constructor(init: TimeQuestionsInit) {
    this.#init = init
  }

  /** Puts a question at once; gives up the one before, which was answered or is too old to count. */
  ask(bytes: Uint8Array): void {
    this.#next = bytes
    // The stream that brought the answer takes it.
    if (this.#answering) return
    this.#underWay.abort()
    this.#underWay = new AbortController()
    const { signal } = this.#underWay
    const { failed } = this.#init
    this.#converse(signal).catch(cause => {
      if (!signal.aborted) failed(cause)
    })
  }

  async #converse(givenUp: AbortSignal): Promise<void> {
    const { node, registrar, signal } = this.#init
    // A dial goes on where its question is given up: the next one needs the connection too.
    const peer = await node.connect(registrar, signal)
    if (givenUp.aborted) return
    await node.converse(peer, 'enrol', AbortSignal.any([signal, givenUp]), async ask => {
      for (let bytes = this.#take(); bytes; bytes = this.#take()) this.#answered(await ask(bytes))
    })
  }

  #take(): Uint8Array | undefined {
    const bytes = this.#next
    this.#next = undefined
    return bytes
  }

  #answered(bytes: Uint8Array): void {
    this.#answering = true
    try {
      this.#init.answered(bytes)
    } finally {
      this.#answering = false
    }
  }
}
