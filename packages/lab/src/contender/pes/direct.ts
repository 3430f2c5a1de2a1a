// The variant of concentrator and PES whose meters encrypt for the supplier: PES and supplier share the key.
import type { Contender } from '../contender.ts'
import { NO_REGISTRAR, pesContender } from './facts.ts'

export const direct: Contender = pesContender({
  variant: 'direct',
  title: 'Concentrator and PES, with meters that encrypt for the supplier',
  label: 'PES, direct',
  slowWhenLong: true,
  cryptography: bits =>
    `readings and sums: threshold Paillier, 2 of 2, of ${bits} bits, readings with proofs under AES-256-GCM, its key by RSA-OAEP of 3072 bits; signatures: Ed25519`,
  curves: 'RSA and Ed25519',
  trust: {
    sees: 'nobody',
    together: 'PES and supplier, who must not collude; or the dealer of the key, who must forget it',
    besides: `the PES gives its part of a decryption for sums of enough readings only; ${NO_REGISTRAR}`
  },
  forms: ['ciphertext'],
  pesDoes: 'adds up, opens nothing',
  sight: [
    {
      role: 'concentrator',
      plaintext: false,
      sees: "Each reading encrypted under the supplier's key and sealed for the PES, which it passes on and cannot open."
    },
    {
      role: 'pes',
      plaintext: false,
      sees: 'The ciphertexts and proofs that their meters know what is in them; it adds them up, and its part of the key opens nothing alone.'
    },
    {
      role: 'supplier',
      plaintext: false,
      sees: 'Sums only, opened with the part of the PES and its own: of a slot, and of a billing period.'
    }
  ],
  marks: [
    { colour: '#006b4f', shape: 'triangle-down', dash: [5, 3] },
    { colour: '#009e73', shape: 'triangle-left', dash: [5, 3, 1, 3] },
    { colour: '#7fceb9', shape: 'cross', dash: [5, 3, 1, 3, 1, 3] }
  ]
})
