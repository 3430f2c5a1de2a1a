import { type Network, parseNetwork } from '@hushgrid/topology'
import { readTextFile } from './text-file.ts'

/**
 * The network that a file describes.
 *
 * @throws UnreadableFileError, NetworkFileError
 */
export function readNetwork(file: string): Network {
  return parseNetwork(readTextFile(file, 'a network file'), file)
}
