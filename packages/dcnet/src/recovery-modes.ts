// The registration of the modes of recovery, and the only place that tells them apart: what a mode brings to each role, by
// the interface at the top of that role's folder. A new mode is a line here beside its own files and its name in topology.
import type { RecoveryMode } from '@hushgrid/topology'
import type { Roster } from './roster/roster.ts'
import { DOUBLE_MASK as REPLAY_DOUBLE_MASK } from './transcript/replay/double-mask.ts'
import { EDGE_RELEASE as REPLAY_EDGE_RELEASE } from './transcript/replay/edge-release.ts'
import { NONE as REPLAY_NONE } from './transcript/replay/none.ts'
import type { Replay } from './transcript/replay/replay.ts'

/** What a mode of recovery brings. */
export interface Recovering {
  readonly replay: Replay
}

const MODES: Readonly<Record<RecoveryMode, Recovering>> = {
  none: { replay: REPLAY_NONE },
  'edge-release': { replay: REPLAY_EDGE_RELEASE },
  'double-mask': { replay: REPLAY_DOUBLE_MASK }
}

/** What the mode of a roster brings. */
export function recoveryOf(roster: Roster): Recovering {
  return MODES[roster.mode]
}
