/** No log takes lone surrogates or U+0000: the replacement character stands for them. */
export const storableText = (text: string): string => text.toWellFormed().replaceAll('\0', '\ufffd');
