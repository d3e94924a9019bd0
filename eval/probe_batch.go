package eval

// Where train images are few, whole batches make so few updates that a probe hardly leaves
// its first weights. Adam moves a weight by at most about the learning rate in an update,
// and so a logit of dim standardised features by lr·dim.
const (
	enoughTravel = 256 // Σ lr·dim over the updates: 1,000 at 1e-3 with 256 features (RESULTS.md)
	fewestProbed = 10  // images in a batch
)

// ForImages is c for so many train images of dim features: with a smaller batch if the
// probe would otherwise make less than half of the updates that it needs.
func (c ProbeConfig) ForImages(images, dim int) ProbeConfig {
	batch := min(c.Batch, images)
	if batch < 2 {
		return c
	}
	travel := c.Schedule.LR * float64(dim)
	if travel*float64(c.updates(images, batch)) >= enoughTravel/2 {
		return c
	}
	fitted := int(travel * float64(images) * float64(c.Epochs) / enoughTravel)
	if fitted = max(2, min(fewestProbed, images/4), fitted); fitted < batch {
		c.Fitted, c.Batch = c.Batch, fitted
	}
	return c
}

// forFeatures is c for a representation of dim numbers: a batch that was fitted to those of the
// network is fitted to these, so that a baseline depends on no network.
func (c ProbeConfig) forFeatures(images, dim int) ProbeConfig {
	if c.Fitted == 0 {
		return c
	}
	return c.unfitted().ForImages(images, dim)
}

// unfitted is c as it was before ForImages: the same for networks of every width.
func (c ProbeConfig) unfitted() ProbeConfig {
	if c.Fitted > 0 {
		c.Batch, c.Fitted = c.Fitted, 0
	}
	return c
}

// updates is how many a probe makes with whole batches.
func (c ProbeConfig) updates(images, batch int) int { return images / batch * c.Epochs }
