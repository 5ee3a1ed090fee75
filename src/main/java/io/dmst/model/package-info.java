/**
 * The network, written once over a small {@link io.dmst.model.Ops}: stem, blocks, attention, class
 * attention, head; {@link io.dmst.model.Probe} names every intermediate.
 */
@NullMarked
package io.dmst.model;

import org.jspecify.annotations.NullMarked;
