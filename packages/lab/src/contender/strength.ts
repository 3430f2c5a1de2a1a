// Strengths of the contenders' cryptography, in bits of security, after NIST SP 800-57 part 1 revision 5 (2020), table 2.

/** Strength of curves of 256 bits, of AES-256 keys agreed on them, and of Ed25519. */
export const ELLIPTIC_STRENGTH = '≈ 128'

/** Least length at which Paillier is no weaker than the curves, bits. */
const AS_STRONG_AS_CURVES = 3072

/** Gives the strength of factoring a modulus of so many bits. */
export function paillierStrength(bits: number): string {
  const known = [
    [1024, 80],
    [2048, 112],
    [3072, 128],
    [7680, 192],
    [15360, 256]
  ] as const
  const exact = known.find(([size]) => size === bits)
  if (exact) return `≈ ${exact[1]}`
  const below = known.findLast(([size]) => size < bits)
  const above = known.find(([size]) => size > bits)
  if (!below) return 'below 80: for tests only'
  return above ? `between ${below[1]} and ${above[1]}` : `above ${below[1]}`
}

/** Names the weakest link of a contender with a Paillier key. */
export function weakestWithPaillier(bits: number | null): string {
  return bits === null || bits >= AS_STRONG_AS_CURVES ? ELLIPTIC_STRENGTH : paillierStrength(bits)
}
