// What an overlay shows: pure functions of one layer of an explanation.

/** Each view: what it means, whether groups are chosen one at a time, and whether it has a scale. */
export const VIEWS = {
  strongest: {
    meaning: 'Each patch has the colour of the group that takes most of it. Groups can be switched off.',
  },
  shares: {
    meaning: 'Each patch mixes the colours of its groups, by their shares of it. Groups can be switched off.',
  },
  one: {
    meaning: 'The share of each patch that one group takes.',
    single: true,
    of: 'membership',
  },
  class: {
    name: 'Class token',
    meaning: 'Membership × class attention: what the class token sees of the groups switched on. It is about the '
      + 'prediction as a whole, not about one class.',
    of: 'membership × class attention',
  },
};

const CLASS_ATTENTION = {
  name: 'Class token',
  meaning: 'What the class token looks at. This model’s attention has no memberships to show.',
  of: 'class attention',
};

const CONTRIBUTION = {
  name: 'Contribution',
  meaning: 'What each patch adds to the score of the predicted class through the groups switched on; with the class’s '
    + 'bias, all of it sums to the score. How it is split is a convention of the formula.',
  of: 'contribution, in logits',
  signed: true,
};

/** Models with the membership head have them, in place of class attention. */
const hasContributions = ({ contribution }) => contribution !== undefined;

/** Under softmax attention there are none. */
export const hasMemberships = ({ layers }) => layers[0].membership !== undefined;

export function viewOf(explanation, view) {
  if (!hasMemberships(explanation)) {
    return CLASS_ATTENTION;
  }
  return view === 'class' && hasContributions(explanation) ? CONTRIBUTION : VIEWS[view];
}

const sum = (maps, groups, token) => groups.reduce((total, group) => total + maps[group][token], 0);

/** The group of the largest membership of every token. */
export function strongest({ membership }) {
  return membership[0].map((_, token) =>
    membership.reduce((best, map, group) => (map[token] > membership[best][token] ? group : best), 0));
}

/** The numbers that a view with a scale shows; class attention alone where there is no membership. */
export function values(explanation, layer, view, groups) {
  const maps = view === 'class' ? layer.class_view ?? explanation.contribution : layer.membership;
  if (!maps) {
    return explanation.class_attention.at(-1).map;
  }
  return maps[0].map((_, token) => sum(maps, groups, token));
}

/** The largest magnitude of those numbers in any layer: the scale stays while the slider moves. */
export function largest(explanation, view, groups) {
  return Math.max(...explanation.layers.flatMap((layer) => values(explanation, layer, view, groups)).map(Math.abs)) || 1;
}

/** Colour and opacity of a token whose groups are mixed by their shares. */
export function mixed({ membership }, groups, groupColour, token) {
  const total = sum(membership, groups, token);
  const colour = [0, 1, 2].map((channel) =>
    groups.reduce((mix, group) => mix + membership[group][token] * groupColour(group)[channel], 0) / (total || 1));
  return [...colour, 255 * Math.min(total, 1)];
}
