//! Backstage: a Component in each topmost directory whose files all have the same one owner. A catalog knows
//! directories and single owners; reading back tells what it could not say.

use std::collections::BTreeMap;

use super::{Need, outline::outline};

pub(super) fn emit(needs: &[(&[u8], Need)]) -> BTreeMap<String, String> {
    let owners: Vec<(&[u8], Vec<String>)> = needs
        .iter()
        .map(|(path, need)| (*path, need.claims.first().map_or(Vec::new(), |claim| claim.owners.clone())))
        .collect();
    let mut files = BTreeMap::new();
    for line in outline(&owners, &Vec::new()) {
        let ([owner], true) = (line.value.as_slice(), line.is_directory) else { continue };
        let directory = String::from_utf8_lossy(line.path).into_owned();
        let name = directory
            .trim_end_matches('/')
            .replace(|c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c), "-");
        let name = if name.is_empty() { "root".to_owned() } else { name };
        let content = format!(
            "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: {name}\nspec:\n  type: library\n  lifecycle: production\n  owner: {owner}\n"
        );
        files.insert(format!("{directory}catalog-info.yaml"), content);
    }
    files
}
