// Attacks by the scheme that they break as it was published.
import type { Attack } from './attack.ts'
import { spatialReuse } from './erkin-tsudik-spatial.ts'

export const ATTACKS: Readonly<Record<string, Attack>> = {
  'erkin-tsudik-spatial': spatialReuse
}
