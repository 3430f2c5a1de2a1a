import { type Network, parseNetwork } from '@hushgrid/topology'
import { readTextFile } from './text-file.ts'

/**
 * Reads a network file.
 *
 * @throws UnreadableFileError, NetworkFileError
 */
export function readNetwork(file: string): Network {
  return parseNetwork(readTextFile(file, 'a network file'), file)
}
