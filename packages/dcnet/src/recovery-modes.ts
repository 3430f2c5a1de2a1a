// Registration of the modes of recovery, and the only place that tells them apart. A mode's part in a role has the
// interface at the top of that role's folder. A new mode is a line here beside its own files and its name in topology.
import type { MessageType } from '@hushgrid/messages'
import { RECOVERY_MODES, type RecoveryMode } from '@hushgrid/topology'
import { DoubleMaskAggregator } from './aggregator/recovery/double-mask.ts'
import { EdgeReleaseAggregator } from './aggregator/recovery/edge-release.ts'
import { NoAggregatorRecovery } from './aggregator/recovery/none.ts'
import type { AggregatorRecovery } from './aggregator/recovery/recovery.ts'
import { DoubleMaskMeter } from './meter/recovery/double-mask.ts'
import { EdgeReleaseMeter } from './meter/recovery/edge-release.ts'
import { NONE as METER_NONE } from './meter/recovery/none.ts'
import type { MeterRecovery } from './meter/recovery/recovery.ts'
import { DOUBLE_MASK as JUDGE_DOUBLE_MASK } from './registrar/judgement/double-mask.ts'
import { EDGE_RELEASE as JUDGE_EDGE_RELEASE } from './registrar/judgement/edge-release.ts'
import type { Judgement } from './registrar/judgement/judgement.ts'
import { NONE as JUDGE_NONE } from './registrar/judgement/none.ts'
import type { Roster } from './roster/roster.ts'
import { DOUBLE_MASK as REPLAY_DOUBLE_MASK } from './transcript/replay/double-mask.ts'
import { EDGE_RELEASE as REPLAY_EDGE_RELEASE } from './transcript/replay/edge-release.ts'
import { NONE as REPLAY_NONE } from './transcript/replay/none.ts'
import type { Replay } from './transcript/replay/replay.ts'
import { DOUBLE_MASK_REQUESTS, EDGE_REQUESTS, type Requests } from './transcript/requests.ts'

/** Parts of a mode of recovery, by role. */
export interface Recovering {
  /** Begins what the mode keeps for a meter. */
  readonly meter: () => MeterRecovery
  /** Begins what the mode keeps for a slot of the aggregator. */
  readonly aggregator: () => AggregatorRecovery
  /** Requests that the aggregator may make; undefined in a mode that does not recover. */
  readonly requests?: Requests
  readonly judgement: Judgement
  readonly replay: Replay
}

const MODES: Readonly<Record<RecoveryMode, Recovering>> = {
  none: {
    meter: () => METER_NONE,
    aggregator: () => new NoAggregatorRecovery(),
    judgement: JUDGE_NONE,
    replay: REPLAY_NONE
  },
  'edge-release': {
    meter: () => new EdgeReleaseMeter(),
    aggregator: () => new EdgeReleaseAggregator(),
    requests: EDGE_REQUESTS,
    judgement: JUDGE_EDGE_RELEASE,
    replay: REPLAY_EDGE_RELEASE
  },
  'double-mask': {
    meter: () => new DoubleMaskMeter(),
    aggregator: () => new DoubleMaskAggregator(),
    requests: DOUBLE_MASK_REQUESTS,
    judgement: JUDGE_DOUBLE_MASK,
    replay: REPLAY_DOUBLE_MASK
  }
}

/** Gives the parts of a roster's mode. */
export function recoveryOf(roster: Roster): Recovering {
  return MODES[roster.mode]
}

/** Gives the mode that has a type of request or dispute. */
export function modeWith(type: MessageType): RecoveryMode | undefined {
  return RECOVERY_MODES.find(mode => MODES[mode].judgement.hears.has(type))
}
