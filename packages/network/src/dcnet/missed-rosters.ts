import type { Chain } from '@hushgrid/dcnet'
import { type Epoch, HushgridError } from '@hushgrid/primitives'

/** The chain of rosters has a gap for good: the registrar does not hold any more what was missed. */
class MissedRostersError extends HushgridError {
  override name = 'MissedRostersError'

  constructor(held: Epoch, latest: Epoch) {
    super(
      `rosters between epoch ${held} and ${latest} were missed, and the registrar does not hold them: a node that is started again takes up its latest, as a newcomer does`
    )
  }
}

/** Listener for rosters that were missed for good. */
export interface StrandedInit {
  /** Called once this node takes no part until it is started again; warns unless given. */
  readonly stranded?: (cause: MissedRostersError) => void
  readonly warn?: (message: string) => void
}

/** Tells of a chain of rosters with a gap that cannot be filled. */
export function tellStranded(chain: Chain, { stranded, warn }: StrandedInit): void {
  if (chain.kind !== 'missed') return
  const error = new MissedRostersError(chain.held, chain.latest)
  if (stranded) stranded(error)
  else warn?.(error.message)
}
