// Attacks by the scheme that they break as it was published.
import type { Attack } from './attack.ts'
import { spatialReuse } from './erkin-tsudik-spatial.ts'
import { klenzeSign } from './klenze.ts'

export const ATTACKS: Readonly<Record<string, Attack>> = {
  klenze: klenzeSign,
  'erkin-tsudik-spatial': spatialReuse
}
