/** Draws explanations: membership maps, contributions, segments, contact sheets, rate plots. */
@NullMarked
package io.dmst.core.explain.picture;

import org.jspecify.annotations.NullMarked;
