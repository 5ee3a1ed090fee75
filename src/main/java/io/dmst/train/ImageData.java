package io.dmst.train;

import java.util.List;

/**
 * The images of a data set as files have them.
 *
 * @param labels class names; an image's label is an index into them
 * @param train images to learn from
 * @param test images to judge by
 */
record ImageData(List<String> labels, List<LabelledImage> train, List<LabelledImage> test) {

    ImageData {
        labels = List.copyOf(labels);
        train = List.copyOf(train);
        test = List.copyOf(test);
    }
}
