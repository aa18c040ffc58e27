/** One thing that the mind knows, for the model. `text` is the bare value; `position` is shown as `[#n]`. */
export interface ContextItem {
  kind: 'identity' | 'user' | 'stage' | 'directive' | 'commitment' | 'reflection' | 'recalled' | 'said';
  position: number;
  text: string;
  speaker?: 'user' | 'assistant';
  cid?: string;
}

export interface Message {
  role: 'system' | 'user' | 'assistant';
  content: string;
}
