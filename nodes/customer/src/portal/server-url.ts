import tls from 'node:tls'
import { InvalidArgumentError } from '@hushgrid/primitives'
import { readTextFile } from '@hushgrid/runtime'

const LOOPBACK = /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/

/**
 * Where a server of the project is: `https://supplier.example:7481`, or `http://` on this machine only, since what goes there
 * signs people in.
 *
 * @param option - what it is called in the error
 * @returns the origin, without a slash at its end
 * @throws InvalidArgumentError
 */
export function parseServerUrl(option: string, text: string): string {
  // What is typed may hold a name and password, and is not repeated.
  const wrong = (got: string): InvalidArgumentError =>
    new InvalidArgumentError(option, 'the address of a server, such as https://supplier.example or http://127.0.0.1:7481', got)
  if (!URL.canParse(text)) throw wrong('something else')
  const url = new URL(text)
  if (url.username !== '' || url.password !== '') throw wrong('one with a name or password in it')
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') throw wrong('one with a path')
  if (url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname))) return url.origin
  throw wrong(url.protocol === 'http:' ? 'one that others can listen to: http does on this machine only' : 'another kind of address')
}

/**
 * Makes this process believe only servers whose certificates are signed by one of these.
 *
 * @param file - PEM
 * @throws UnreadableFileError, InvalidArgumentError
 */
export function trustOnly(option: string, file: string): void {
  const text = readTextFile(file, 'certificates')
  try {
    tls.setDefaultCACertificates([text])
  } catch (cause) {
    throw new InvalidArgumentError(option, 'a file of certificates (PEM)', `one that cannot be read (${(cause as Error).message})`)
  }
}
