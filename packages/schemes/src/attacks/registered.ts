// Attacks by the scheme that they break as it was published.
import type { Attack } from './attack.ts'

export const ATTACKS: Readonly<Record<string, Attack>> = {}
