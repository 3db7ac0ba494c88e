/** A terminal's screen, as far as a live view needs one: lines that wrap and scroll, a cursor that moves, what is erased. */
export class Screen {
  /** All lines ever, the visible ones last. */
  readonly lines: string[][] = [[]];
  row = 0;
  column = 0;
  readonly columns: number;
  readonly rows: number;
  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
  }

  write(data: string): void {
    for (const [, control, parameters = "", letter, character = ""] of data.matchAll(/(\u001B\[([?\d;]*)([A-Za-z]))|([^])/gu)) {
      if (control) this.#control(letter!, parameters);
      else if (character === "\n") this.#feed();
      else if (character === "\r") this.column = 0;
      else this.#print(character);
    }
  }

  /** What a person sees down to the cursor, and above it what has scrolled away. */
  get text(): string[] {
    const texts = this.lines.map((line) => Array.from(line, (character) => character ?? " ").join("").trimEnd());
    return texts.slice(0, Math.max(this.row, texts.findLastIndex(Boolean)) + 1);
  }

  get #top(): number { return Math.max(0, this.lines.length - this.rows); }

  #print(character: string): void {
    if (this.column === this.columns) this.#feed();
    this.lines[this.row]![this.column++] = character;
  }

  /** Terminals get "\r\n" for each "\n". */
  #feed(): void {
    this.column = 0;
    this.row += 1;
    if (this.row === this.lines.length) this.lines.push([]);
  }

  #control(letter: string, parameters: string): void {
    const amount = Number(parameters) || 1;
    if (letter === "A") this.row = Math.max(this.#top, this.row - amount);
    else if (letter === "B") this.row = Math.min(this.lines.length - 1, this.row + amount);
    else if (letter === "G") this.column = amount - 1;
    else if (letter === "K") this.lines[this.row]!.splice(parameters === "2" ? 0 : this.column);
    else if (letter !== "m" && letter !== "h" && letter !== "l") throw new Error(`the screen does not know ${letter}`);
  }
}
