// The supplier's page as a person starts it: beside the node, by itself, over TLS, and how it is refused.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectRefused, LONG, runMdms } from '../support/command-tools.ts'
import { RunningNode } from '../support/node-tools.ts'
import { CERTIFICATE, CERTIFICATE_KEY } from '../support/web-certificate.ts'
import { overTls } from '../support/web-tools.ts'

const folder = mkdtempSync(join(tmpdir(), 'hushgrid-web-command-'))
const data = join(folder, 'mdms')
const networkFile = join(folder, 'network.yaml')
const [cert, key] = [join(folder, 'desk.crt'), join(folder, 'desk.key')]
const ADA = 'correct horse battery'
/** An aggregator that nobody is: the node goes on asking. */
const AGGREGATOR = '/ip4/127.0.0.1/tcp/9/p2p/12D3KooWEgrYMYx3eSWv6mWyeXyaAZ9BBk3b3yNkEPPVqHRxtLcN'
const DESK = ['desk', '--data-dir', data, '--web']
const NODE = ['--network', networkFile, '--data-dir', data, '--aggregator', AGGREGATOR, '--listen', '/ip4/127.0.0.1/tcp/0']

beforeAll(async () => {
  writeFileSync(networkFile, NETWORK_FILE)
  writeFileSync(cert, CERTIFICATE)
  writeFileSync(key, CERTIFICATE_KEY)
  expect(await runMdms(['account', 'add', 'ada', '--roles', 'admin', '--data-dir', data], [ADA])).toMatchObject({ status: 0 })
}, LONG)
afterAll(() => rmSync(folder, { recursive: true }))

const NETWORK_FILE = `name: elm-street
slotSeconds: 900
members: 6
minMembers: 6
dropout: 0
recovery: none
`
const signIn = (url: string): Promise<Response> =>
  fetch(`${url}api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ account: 'ada', password: ADA })
  })

describe('the page', { timeout: LONG }, () => {
  it('is served beside the node, whose log says where', async () => {
    const node = new RunningNode([...NODE, '--web', '127.0.0.1:0'])
    const { url } = await node.event('web')
    expect(await (await fetch(String(url))).text()).toContain('<title>Supplier’s desk')
    expect((await signIn(String(url))).status).toBe(200)
    expect(await node.stop()).toBe(0)
    await expect(fetch(String(url))).rejects.toThrow()
  })

  it('is not where nobody asked for it', async () => {
    const node = new RunningNode(NODE)
    await node.event('listening')
    // The page would be told after that, and the log is whole once the node has stopped.
    expect(await node.stop()).toBe(0)
    expect(node.all('web')).toEqual([])
  })

  it('is served by itself on a store that is there', async () => {
    const alone = new RunningNode([...DESK, '127.0.0.1:0'])
    const { url } = await alone.event('web')
    const answer = await signIn(String(url))
    expect(await answer.json()).toMatchObject({ account: 'ada', roles: ['admin'] })
    expect(await alone.stop()).toBe(0)
  })

  it('is served over TLS, with cookies that no connection without it takes', async () => {
    const alone = new RunningNode([...DESK, '127.0.0.1:0', '--web-cert', cert, '--web-key', key])
    const { url } = await alone.event('web')
    expect(String(url)).toMatch(/^https:/)
    const body = JSON.stringify({ account: 'ada', password: ADA })
    const { status, cookies } = await overTls(`${url}api/session`, 'POST', body)
    expect([status, cookies]).toEqual([
      200,
      ['session', 'device'].map(what =>
        expect.stringMatching(new RegExp(`^__Host-hushgrid-supplier-${what}=.*; Path=/; HttpOnly; Secure; SameSite=Strict$`))
      )
    ])
    expect(await alone.stop()).toBe(0)
  })
})

describe('the page is refused', { timeout: LONG }, () => {
  it('where others could reach it without TLS, and where its files or options are not what they should be', async () => {
    const refused = (args: readonly string[], sentence: RegExp): Promise<void> => expectRefused(runMdms(args), sentence, [ADA])
    await refused([...DESK, '0.0.0.0:0'], /0\.0\.0\.0:0: expected an address of this machine only, or TLS with certificate and key/)
    await refused([...NODE, '--web', '0.0.0.0:0'], /expected an address of this machine only, or TLS/)
    await refused([...DESK, 'nowhere'], /--web: expected an address and a port/)
    await refused([...DESK, '127.0.0.1:0', '--web-cert', cert], /--web-key: expected with the other of the two, got none/)
    await refused([...NODE, '--web-cert', cert, '--web-key', key], /--web-cert: expected with --web, got it alone/)
    await refused([...DESK, '127.0.0.1:0', '--web-cert', key, '--web-key', cert], /expected a certificate and its key in PEM, got/)
    await refused(['desk', '--data-dir', folder, '--web', '127.0.0.1:0'], /expected the folder of a supplier, with mdms\.keys in it/)
  })
})
