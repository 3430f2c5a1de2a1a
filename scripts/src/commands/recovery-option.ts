import { InvalidArgumentError } from '@hushgrid/primitives'
import { RECOVERY_MODES, type RecoveryMode } from '@hushgrid/topology'

/**
 * Reads `--recovery`.
 *
 * @throws InvalidArgumentError unless it is a mode's name
 */
export function recoveryMode(text: string): RecoveryMode {
  const mode = RECOVERY_MODES.find(candidate => candidate === text)
  if (!mode) throw new InvalidArgumentError('--recovery', `one of ${RECOVERY_MODES.join(', ')}`, `'${text}'`)
  return mode
}
