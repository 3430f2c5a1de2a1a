// The registration of the modes of recovery, and the only place that tells them apart: what a mode brings to each role, by
// the interface at the top of that role's folder. A new mode is a line here beside its own files and its name in topology.
import type { RecoveryMode } from '@hushgrid/topology'
import { DoubleMaskMeter } from './meter/recovery/double-mask.ts'
import { EdgeReleaseMeter } from './meter/recovery/edge-release.ts'
import { NONE as METER_NONE } from './meter/recovery/none.ts'
import type { MeterRecovery } from './meter/recovery/recovery.ts'
import type { Roster } from './roster/roster.ts'
import { DOUBLE_MASK as REPLAY_DOUBLE_MASK } from './transcript/replay/double-mask.ts'
import { EDGE_RELEASE as REPLAY_EDGE_RELEASE } from './transcript/replay/edge-release.ts'
import { NONE as REPLAY_NONE } from './transcript/replay/none.ts'
import type { Replay } from './transcript/replay/replay.ts'

/** What a mode of recovery brings. */
export interface Recovering {
  /** Begins what the mode keeps for a meter. */
  readonly meter: () => MeterRecovery
  readonly replay: Replay
}

const MODES: Readonly<Record<RecoveryMode, Recovering>> = {
  none: { meter: () => METER_NONE, replay: REPLAY_NONE },
  'edge-release': { meter: () => new EdgeReleaseMeter(), replay: REPLAY_EDGE_RELEASE },
  'double-mask': { meter: () => new DoubleMaskMeter(), replay: REPLAY_DOUBLE_MASK }
}

/** What the mode of a roster brings. */
export function recoveryOf(roster: Roster): Recovering {
  return MODES[roster.mode]
}
