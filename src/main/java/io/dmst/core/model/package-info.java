/**
 * The network, written once over a small {@link io.dmst.core.model.Ops}: stem, blocks, attention,
 * class attention, head; {@link io.dmst.core.model.Probe} names every intermediate.
 */
@NullMarked
package io.dmst.core.model;

import org.jspecify.annotations.NullMarked;
