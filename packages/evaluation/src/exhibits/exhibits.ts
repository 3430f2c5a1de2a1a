// All exhibits, by name; the order is that of the names.

import type { Exhibit } from './exhibit.ts'
import { collusion } from './known/collusion.ts'
import { exposure } from './known/exposure.ts'
import { published } from './known/published.ts'
import { security } from './known/security.ts'
import { views } from './known/views.ts'
import { bytes } from './measured/bytes.ts'
import { cpu } from './measured/cpu.ts'
import { differences } from './measured/differences.ts'
import { dropout } from './measured/dropout.ts'
import { energy } from './measured/energy.ts'
import { growth } from './measured/growth.ts'
import { headline } from './measured/headline.ts'
import { joinLeave } from './measured/join-leave.ts'
import { memory } from './measured/memory.ts'
import { messages } from './measured/messages.ts'
import { rounds } from './measured/rounds.ts'
import { setup } from './measured/setup.ts'
import { storage } from './measured/storage.ts'
import { EXHIBIT_NAMES, type ExhibitName } from './names.ts'

const BY_NAME: Readonly<Record<ExhibitName, Exhibit>> = {
  headline,
  cpu,
  bytes,
  messages,
  rounds,
  setup,
  'join-leave': joinLeave,
  dropout,
  differences,
  growth,
  storage,
  memory,
  energy,
  collusion,
  exposure,
  views,
  security,
  published
}

export const EXHIBITS: readonly Exhibit[] = EXHIBIT_NAMES.map(name => BY_NAME[name])
