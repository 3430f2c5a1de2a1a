import type { Waking } from '@hushgrid/machine'
import type { Slot } from '@hushgrid/primitives'
import type { CrashPhase } from '@hushgrid/scenarios'
import { MachineNode } from './machine-node.ts'

/** A household's machine, whose process may be made to end at a phase of a slot. */
export abstract class HouseholdNode<State extends Waking, Input, Output extends { readonly type: string }> extends MachineNode<
  State,
  Input,
  Output
> {
  /** Process's end at a phase of a slot. */
  crashAt: { readonly phase: CrashPhase; readonly slot: Slot } | undefined
  /** Called after a crash that was armed. */
  onCrash: (() => void) | undefined

  override crash(): void {
    this.crashAt = undefined
    super.crash()
  }

  /** Crashes, and calls {@link onCrash}. */
  crashNow(): void {
    this.crash()
    this.onCrash?.()
  }
}
