// The variant of concentrator and PES from earlier work: the PES opens each reading and encrypts it for the supplier.
import type { Contender } from '../contender.ts'
import { NO_REGISTRAR, pesContender } from './facts.ts'

export const reencrypt: Contender = pesContender({
  variant: 'reencrypt',
  title: 'Concentrator and PES, which encrypts again',
  label: 'PES, re-encrypting',
  slowWhenLong: false,
  cryptography: bits => `readings: AES-256-GCM, its key by RSA-OAEP of 3072 bits; sums: Paillier of ${bits} bits; signatures: Ed25519`,
  curves: 'RSA and Ed25519',
  trust: {
    sees: 'the PES, every one, for a moment',
    together: 'the PES alone, if its operator looks; PES and supplier together know everything',
    besides: `nothing but its operator’s word keeps the PES from looking; ${NO_REGISTRAR}`
  },
  forms: ['ciphertext', 'plain'],
  pesDoes: 'decrypts readings',
  sight: [
    { role: 'concentrator', plaintext: false, sees: 'Each reading encrypted for the PES, which it passes on and cannot open.' },
    {
      role: 'pes',
      plaintext: true,
      sees: "Every single reading, for the moment in which it encrypts it under the supplier's key; nothing but its word keeps it from looking."
    },
    { role: 'supplier', plaintext: false, sees: 'Sums only: of a slot over the meters, and of a household over its billing period.' }
  ],
  marks: [
    { colour: '#a63a00', shape: 'triangle-up', dash: [12, 3] },
    { colour: '#d55e00', shape: 'triangle-right', dash: [12, 3, 2, 3] },
    { colour: '#f0a070', shape: 'M-1,-1L1,1M1,-1L-1,1', dash: [12, 3, 2, 3, 2, 3] }
  ]
})
