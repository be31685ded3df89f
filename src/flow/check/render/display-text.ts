const tabWidth = 2

/**
 * Text as it may stand in a terminal: tabs become spaces, and control characters, which could hide
 * or repaint what was printed, become visible signs.
 */
export function displayText(text: string): string {
  return text
    .replaceAll('\t', ' '.repeat(tabWidth))
    .replaceAll(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu, '\u{FFFD}')
}

/** How many columns a text takes in a terminal. */
export function displayWidth(text: string): number {
  let width = 0
  for (const character of displayText(text)) {
    if (/\p{M}|\u200D/u.test(character)) continue
    width += wide.test(character) ? 2 : 1
  }
  return width
}

const wide =
  /\p{Emoji_Presentation}|\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|[\u3000-\u303F\uFF01-\uFF60]/u
