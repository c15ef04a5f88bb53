const tones = [
  { hertz: 659.25, atS: 0 },
  { hertz: 880, atS: 0.11 },
] as const;
const toneS = 0.28;
const loudness = 0.12;
let context: AudioContext | null = null;

/** Two soft tones, made here: no file is fetched. Silent where the browser has not allowed sound yet. */
export function playTone(): void {
  try {
    context ??= new AudioContext();
    void context.resume();
    for (const { hertz, atS } of tones) sing(context, hertz, context.currentTime + atS);
  } catch {
    // No audio device, or none allowed.
  }
}

function sing(audio: AudioContext, hertz: number, at: number) {
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.type = 'sine';
  tone.frequency.value = hertz;
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(loudness, at + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, at + toneS);
  tone.connect(volume).connect(audio.destination);
  tone.start(at);
  tone.stop(at + toneS);
}
