import type { Waking } from '@hushgrid/machine'
import type { PeerNumber, VirtualStream } from '../network/virtual-delivery.ts'
import { MachineNode } from './machine-node.ts'
import { pauseAfter } from './registrar-visits.ts'

/** A question for another party, on a stream. */
interface Question {
  readonly to: PeerNumber
  readonly stream: VirtualStream
  readonly bytes: Uint8Array
}

/** A node whose machine begins once others have answered its questions; until then its process runs and serves little. */
export abstract class FormingNode<State extends Waking, Input, Output extends { readonly type: string }> extends MachineNode<
  State,
  Input,
  Output
> {
  #started = false

  override get up(): boolean {
    return this.#started
  }

  /** True once its machine runs. */
  get formed(): boolean {
    return super.up
  }

  /** Starts the process. @param formed - called once its machine runs */
  start(formed: () => void = () => {}): void {
    this.#started = true
    this.form(formed)
  }

  override crash(): void {
    this.#started = false
    super.crash()
  }

  protected abstract form(formed: () => void): void

  /** Asks until somebody answers. */
  protected ask(question: Question, answered: (answer: Uint8Array) => void, failures = 0): void {
    this.network.exchange(this.number, question.to, question.stream, question.bytes, answer => {
      if (answer) answered(answer)
      else this.later(pauseAfter(failures + 1), () => this.ask(question, answered, failures + 1))
    })
  }
}
