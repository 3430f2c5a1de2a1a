// Attacks by the scheme that they break as it was published.
import type { Attack } from './attack.ts'
import { onBusom } from './busom.ts'

export const ATTACKS: Readonly<Record<string, Attack>> = {
  busom: onBusom
}
