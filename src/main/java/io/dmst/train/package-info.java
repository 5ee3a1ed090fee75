/** Training: loss, optimiser loop, schedules, resume, plots. */
@NullMarked
package io.dmst.train;

import org.jspecify.annotations.NullMarked;
