package io.dmst.lab.train.data;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The images of a data set as files have them, not decoded yet.
 *
 * @param labels class names; an image's label is an index into them
 * @param parts images of every part; no image is in two of them
 */
record ImageData(List<String> labels, Map<Part, List<LabelledImage>> parts) {

    ImageData {
        labels = List.copyOf(labels);
        parts = new EnumMap<>(parts);
    }

    List<LabelledImage> of(Part part) {
        return parts.getOrDefault(part, List.of());
    }
}
