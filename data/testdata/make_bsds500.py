#!/usr/bin/python3
"""Writes bsds500.mat: two segmentations in the layout of BSDS500's groundTruth. See README.md."""
import os

import numpy
import scipy.io

SEGMENTATIONS = [[[1, 1, 2], [1, 3, 3]], [[1, 300, 300], [1, 1, 300]]]

cells = numpy.empty((1, len(SEGMENTATIONS)), dtype=object)
for i, rows in enumerate(SEGMENTATIONS):
    labels = numpy.array(rows, dtype=numpy.uint16)
    cells[0, i] = {"Segmentation": labels, "Boundaries": numpy.zeros(labels.shape, dtype=bool)}
scipy.io.savemat(os.path.join(os.path.dirname(os.path.abspath(__file__)), "bsds500.mat"),
                 {"groundTruth": cells}, do_compression=True)
