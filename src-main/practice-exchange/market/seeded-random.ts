/** A small deterministic generator (sfc32): the practice markets must play the same for the same seed on every machine. */
export class SeededRandom {
  private a: number;
  private b: number;
  private c: number;
  private counter: number;

  constructor(seed: string) {
    this.a = hash32(seed, 0x9e3779b9);
    this.b = hash32(seed, 0x85ebca6b);
    this.c = hash32(seed, 0xc2b2ae35);
    this.counter = 1;
    for (let round = 0; round < 12; round += 1) this.uint32();
  }

  uint32(): number {
    const sum = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) + sum;
    return sum >>> 0;
  }

  /** Uniform in [0, 1). */
  unit(): number {
    return this.uint32() / 4294967296;
  }

  /** Uniform integer in [0, bound). */
  below(bound: number): number {
    return Math.floor(this.unit() * bound);
  }

  /** Mean 0, variance 1: the sum of four uniforms, close enough to a normal for market noise and cheap. */
  bell(): number {
    return (this.unit() + this.unit() + this.unit() + this.unit() - 2) * Math.sqrt(3);
  }

  /** Mean 1, memoryless. */
  exponential(): number {
    return -Math.log(1 - this.unit());
  }
}

function hash32(text: string, salt: number): number {
  let hash = salt | 0;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
    hash ^= hash >>> 13;
  }
  return hash | 0;
}
