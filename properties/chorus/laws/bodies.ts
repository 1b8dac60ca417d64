import type { ChorusLaws } from '#properties/chorus/obligation';

export const bodyLaws = {
  'chorus/bodies-are-copied-later': { waived: 'a body is a value in the model: that it is copied later can be noticed by nobody' },
} satisfies ChorusLaws;
