// The nodes of a simulated neighbourhood, each configured as its program would be.
import { type AsksForTime, CredentialCache, networkId, type SeasonKey, SeasonKeys, SharedSecrets } from '@hushgrid/dcnet'
import { defaultMaxReading, type LaneTerms, SeededRng, type SigningKey, type VerifierOf } from '@hushgrid/primitives'
import { resolveDegree } from '@hushgrid/topology'
import { AggregatorNode } from '../machines/aggregator-node.ts'
import { CountingBlindingKey } from '../machines/counting-blinding-key.ts'
import { MeterNode } from '../machines/meter-node.ts'
import { RegistrarNode } from '../machines/registrar-node.ts'
import { signatures } from '../machines/stand-in-signatures.ts'
import type { VirtualNetwork } from '../network/virtual-network.ts'
import type { KeyAgreementLedger } from '../record/key-agreement-ledger.ts'
import type { NeighbourhoodConfig } from './config.ts'
import type { NeighbourhoodDirectory } from './directory.ts'

/** Lifetime of a credential, longer than any run, s. */
const CREDENTIAL_SECONDS = 10 * 365 * 86_400

/** Makes the nodes of one neighbourhood, with keys from one seed, and enters them in its directory. */
export class NodeMaker {
  readonly networkId: Uint8Array
  readonly registrarKey: SigningKey
  readonly aggregatorKey: SigningKey
  /** Checks signatures in this simulation. */
  readonly verifier: VerifierOf | undefined
  readonly #config: NeighbourhoodConfig
  readonly #network: VirtualNetwork
  readonly #directory: NeighbourhoodDirectory
  readonly #credentials = new CredentialCache()
  readonly #newIdentity: () => SigningKey
  readonly #rng: SeededRng
  readonly #waits: SeededRng
  readonly #asks: AsksForTime
  /** Lanes of the network, with their bounds. */
  readonly #lanes: readonly LaneTerms[]

  constructor(config: NeighbourhoodConfig, network: VirtualNetwork, directory: NeighbourhoodDirectory) {
    this.#config = config
    this.#network = network
    this.#directory = directory
    const rng = new SeededRng(`${config.seed} keys`)
    this.#rng = rng
    this.#waits = new SeededRng(`${config.seed} waits`)
    const { lanes, slotSeconds, support } = config
    this.#lanes = lanes.map(obis => ({ obis, maxReading: defaultMaxReading(slotSeconds), support }))
    this.#asks = config.clocks === 'own' ? 'hourly' : 'on-demand'
    const { verifier, generate } = signatures(config.signatures)
    this.verifier = verifier
    this.#newIdentity = () => generate(rng)
    this.networkId = networkId(config.name)
    this.registrarKey = this.#newIdentity()
    this.aggregatorKey = this.#newIdentity()
  }

  /** Draws evenly protocol milliseconds below a bound, for what happens at no certain moment. */
  wait(bound: number): number {
    return this.#waits.below(bound)
  }

  registrar(): RegistrarNode {
    const config = this.#config
    const node = new RegistrarNode(this.#network, this.#directory, {
      identity: this.registrarKey,
      networkId: this.networkId,
      slotSeconds: config.slotSeconds,
      verifier: this.verifier,
      aggregatorKey: this.aggregatorKey.id,
      lanes: this.#lanes,
      seasonSlots: config.seasonSlots,
      changeSlots: config.changeSlots,
      lab: true,
      recovery: config.recoveryCode,
      minMembers: config.minMembers,
      degreeFor: n => resolveDegree(config, n).degree,
      formWith: config.members,
      firstSlot: config.firstSlot,
      credentialSeconds: CREDENTIAL_SECONDS,
      rng: new SeededRng(`${config.seed} registrar`),
      credentials: this.#credentials
    })
    this.#directory.enterAs('registrar', this.registrarKey.id, node.number)
    return node
  }

  aggregator(): AggregatorNode {
    const config = {
      identity: this.aggregatorKey,
      networkId: this.networkId,
      slotSeconds: this.#config.slotSeconds,
      changeSlots: this.#config.changeSlots,
      networkLanes: this.#lanes,
      verifier: this.verifier,
      registrarKey: this.registrarKey.id,
      asks: this.#asks,
      rng: new SeededRng(`${this.#config.seed} aggregator`),
      credentials: this.#credentials,
      keptTranscripts: 4
    }
    const node = new AggregatorNode(this.#network, this.#directory, config, '/memory/aggregator')
    this.#directory.enterAs('aggregator', this.aggregatorKey.id, node.number)
    return node
  }

  /** Makes a blinding key; what it agrees on is counted as the meter's. */
  #newKey(meter: number, season: number, ledger: KeyAgreementLedger): SeasonKey {
    const blinding = new CountingBlindingKey(this.#rng.bytes(32), other => ledger.agreed(meter, other))
    ledger.addKey(meter, season, blinding.publicKey)
    return { blinding, secrets: new SharedSecrets(blinding) }
  }

  /** @param ledger - counts the meter's key agreements */
  meter(meter: number, ledger: KeyAgreementLedger): MeterNode {
    const config = this.#config
    const keys = new SeasonKeys({ kept: [], make: season => this.#newKey(meter, season, ledger), erase: () => {} })
    const node = new MeterNode({
      network: this.#network,
      directory: this.#directory,
      meter,
      readings: config.readings,
      wait: bound => this.wait(bound),
      config: {
        identity: this.#newIdentity(),
        keys,
        changeSlots: config.changeSlots,
        networkLanes: this.#lanes,
        rng: new SeededRng(`${config.seed} meter ${meter}`),
        networkId: this.networkId,
        slotSeconds: config.slotSeconds,
        lanes: config.lanesOf(meter),
        verifier: this.verifier,
        registrarKey: this.registrarKey.id,
        aggregatorKey: this.aggregatorKey.id,
        asks: this.#asks,
        floors: config.floors,
        credentials: this.#credentials,
        rules: config.rules?.(meter),
        addresses: [`/memory/${meter}`]
      }
    })
    this.#directory.enterAs(meter, node.id, node.number)
    return node
  }
}
